export { heapBase } from './memory';
export { filterColumns } from './filter-columns';
export { filterRows } from './filter-rows';
export { unfilterRows } from './unfilter-rows';
export { adler32 } from './inflate/adler32';
export {
  beginInflating,
  inflate,
  inflatedFrom,
  inflatedTo,
  moveInflating,
} from './inflate/inflate';
