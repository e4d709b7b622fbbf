/** An image, and the SHA-256 of the 224 × 224 RGB pixels that exact preprocessing makes of it. */
export interface BuiltInImage {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly pixelsSha256: string;
}

const decode = (lines: readonly string[]) => Buffer.from(lines.join(''), 'base64');

/** Made once from 19 × 13 pixels of arithmetic patterns; the digests hold for `exact-1`. */
export const builtInImages: readonly BuiltInImage[] = [
  {
    name: 'PNG',
    pixelsSha256: 'fdb9425e7012772540d02139935a3541396048d3cb1ae487cdcbc3f4357cd56d',
    bytes: decode([
      'iVBORw0KGgoAAAANSUhEUgAAABMAAAANCAIAAADE7sJwAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAC/UlEQVQozwHyAg39',
      'AAAAAAcBAA4EABUJABwQACMZACokADExADhAAD9RAEZkAE15AFSQAFupAGLEAGnhAHAAAHchAH5EAAADBQAKBgERCQIY',
      'DgMfFQQmHgUtKQY0Ngc7RQhCVglJaQpQfgtXlQxerg1lyQ5s5g9zBRB6JhGBSRIABgoADQsCFA4EGxMGIhoIKSMKMC4M',
      'NzsOPkoQRVsSTG4UU4MWWpoYYbMaaM4cb+sedgogfSsihE4kAAkPABAQAxcTBh4YCSUfDCwoDzMzEjpAFUFPGEhgG09z',
      'HlaIIV2fJGS4J2vTKnLwLXkPMIAwM4dTNgAMFAATFQQaGAghHQwoJBAvLRQ2OBg9RRxEVCBLZSRSeChZjSxgpDBnvTRu',
      '2Dh19Tx8FECDNUSKWEgADxkAFhoFHR0KJCIPKykUMjIZOT0eQEojR1koTmotVX0yXJI3Y6k8asJBcd1GePpLfxlQhjpV',
      'jV1aABIeABkfBiAiDCcnEi4uGDU3HjxCJENPKkpeMFFvNliCPF+XQmauSG3HTnTiVHv/WoIeYIk/ZpBibAAVIwAcJAcj',
      'Jw4qLBUxMxw4PCM/RypGVDFNYzhUdD9bh0ZinE1ps1RwzFt352J+BGmFI3CMRHeTZ34AGCgAHykIJiwQLTEYNDggO0Eo',
      'QkwwSVk4UGhAV3lIXoxQZaFYbLhgc9FoeuxwgQl4iCiAj0mIlmyQABstACIuCSkxEjA2Gzc9JD5GLUVRNkxeP1NtSFp+',
      'UWGRWmimY2+9bHbWdX3xfoQOh4stkJJOmZlxogAeMgAlMwosNhQzOx46QihBSzJIVjxPY0ZWclBdg1pklmRrq25ywnh5',
      '24KA9oyHE5aOMqCVU6qcdrQAITcAKDgLLzsWNkAhPUcsRFA3S1tCUmhNWXdYYIhjZ5tubrB5dceEfOCPg/uaihilkTew',
      'mFi7n3vGACQ8ACs9DDJAGDlFJEBMMEdVPE5gSFVtVFx8YGONbGqgeHG1hHjMkH/lnIYAqI0dtJQ8wJtdzKKA2E893E2Z',
      'Sbd5AAAAAElFTkSuQmCC',
    ]),
  },
  {
    name: 'JPEG',
    pixelsSha256: '6e0552bffeb08d17c7a6f50ba198c9cd008399433c52add906244ace17d2e9c8',
    bytes: decode([
      '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxl',
      'Z2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj',
      'Y2P/wAARCAANABMDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABQYA/8QAIxAAAQMEAQQDAAAAAAAAAAAAAQAC',
      'BAMREiEFEyIjMkFxwf/EABUBAQEAAAAAAAAAAAAAAAAAAAQD/8QAHBEAAgICAwAAAAAAAAAAAAAAAAIBEQNRBBMh/9oA',
      'DAMBAAIRAxEAPwCPiUe4aVZw9FrLOeQ1rRck6ACDh0xkFRAto8TIfjldmFr29tfqM+Lupdk3tqXYVHjeBmvhZKx6Tegz',
      '6WTJ4cWOnJ6f/9k=',
    ]),
  },
];
