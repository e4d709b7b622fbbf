export { centreDistance, intersectionOverUnion } from './box-measures.js';
export { areBoxesNear, CROP_TOLERANCE, ROUNDING } from './compare-boxes.js';
export {
  decideGroup,
  type CropBox,
  type DecidedGroup,
  type FailedGroup,
  type GroupMember,
} from './decide-group.js';
export { estimateLeft, type Estimate, type ObservedRate, type RemainingWork } from './estimate.js';
export { groupBy } from './group-by.js';
export { toGroupIds } from './group-ids.js';
export { groupImages, type GroupingOptions } from './group-images.js';
export { baseNameKey, imageNameKey } from './image-name-key.js';
export {
  matchExistingGroups,
  type ExistingGroup,
  type ExistingMatch,
  type MatchedGroup,
} from './match-existing-groups.js';
export { sortImages } from './sort-images.js';
export { toBaseName, toStageName, toVariant, type Variant } from './variant.js';
