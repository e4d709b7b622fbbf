export { heapBase } from './memory';
export { filterColumns } from './filter-columns';
export { filterRows } from './filter-rows';
export { unfilterRows } from './unfilter-rows';
