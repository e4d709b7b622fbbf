import type { RolldownOptions } from 'rolldown';

export declare const nativePackages: readonly string[];

declare const options: RolldownOptions[];
export default options;
