export { combineProjects } from './export/combine-projects.js';
export { exportFormats } from './export/export-formats.js';
export { chooseProjects } from './export/find-source.js';
export { writeFile, writeText } from './export/write-sheet.js';
export { describeMerge } from './merge/describe-merge.js';
export { mergeProjects } from './merge/merge-projects.js';
export { type MergeResult, toCounts, suggestRemedy, toDocument } from './merge/merge-result.js';
export { compareVersions } from './versions/compare-versions.js';
export { type ProjectVersions, findVersions, resolveVersion } from './versions/find-versions.js';
export { loadPictures, toWantedPictures, type WantedPictures } from './versions/load-pictures.js';
export { toVersionRows, type VersionRow } from './versions/to-version-rows.js';
export { promoteAll, undoLastPromotion } from './versions/promote-all.js';

export { type OwnDatabase, listLostDatabases, listOwnDatabases } from './list-databases.js';
