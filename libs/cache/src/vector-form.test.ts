import { describe, expect, it } from 'vitest';
import { image, recipe, useCacheFolder } from './testing/cache-folder.js';
import { chooseVectorForm, type ReadFileSystem } from './vector-form.js';

const EXT4 = 0xef53;
const EXFAT = 0x2011_bab0;
const NFS = 0x6969;
const folder = useCacheFolder();

function choose(bsize: number, type = EXFAT, vectors: 'auto' | 'files' | 'packed' = 'auto') {
  const read: ReadFileSystem = () => ({ bsize, type });
  return chooseVectorForm({ dataDir: folder.dataDir, recipe, vectors }, read);
}

describe('the form of new vectors', () => {
  it('is files where clusters are small, and packed where they are large', () => {
    expect(choose(4_096, EXT4).form).toBe('files');
    expect(choose(16_384).form).toBe('files');
    expect(choose(131_072)).toEqual({
      form: 'packed',
      because: 'as the smallest file takes 128 KiB on this drive',
    });
  });

  it('is files where the system tells another size in its place', () => {
    expect(choose(1_048_576, NFS).form).toBe('files');
  });

  it('is what the settings say', () => {
    expect(choose(4_096, EXT4, 'packed').form).toBe('packed');
    expect(choose(131_072, EXFAT, 'files').form).toBe('files');
  });

  it('is packed in a bucket, which is named', () => {
    const vectors = 's3://photos/vectors/';
    expect(chooseVectorForm({ dataDir: folder.dataDir, recipe, vectors })).toMatchObject({
      form: 'packed',
      bucket: 's3://photos/vectors',
    });
  });

  it('is that of the vectors that are there, files if there are both', async () => {
    await (await folder.open(recipe, 'packed')).store(image('a'));
    expect(choose(4_096, EXT4).form).toBe('packed');
    await (await folder.open(recipe, 'files')).store(image('b'));
    expect(choose(131_072).form).toBe('files');
  });

  it('is found out before the folder is made', () => {
    const looked: string[] = [];
    const read: ReadFileSystem = (path) => {
      looked.push(path);
      if (path.endsWith('missing')) throw Object.assign(new Error('no such'), { code: 'ENOENT' });
      return { bsize: 131_072, type: EXFAT };
    };
    const dataDir = `${folder.dataDir}/missing`;
    expect(chooseVectorForm({ dataDir, recipe, vectors: 'auto' }, read).form).toBe('packed');
    expect(looked).toEqual([dataDir, folder.dataDir]);
  });
});
