import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sqlite } from '@cullstream/store';
import { command, type FortressInput } from '../fortress-input.js';
import { picture } from './archives.js';

const MIB = 1 << 20;
const fixture = (path: string) =>
  fileURLToPath(new URL(`../../../fixtures/${path}`, import.meta.url));
const models = [
  ...['--embedder', fixture('clip/open_clip_model.safetensors')],
  ...['--ranker', fixture('samples/ranker_a.safetensors')],
  ...['--crop', fixture('samples/crop.safetensors')],
];
const limits = { seconds: 6, megabytes: 300, exitCode: 2 };

/** An inventory, for `plan`. */
function inventory(
  name: string,
  text: string,
  says: readonly RegExp[],
  more: Partial<FortressInput> = {},
): FortressInput {
  return {
    name: `inventory: ${name}`,
    make: (folder) => {
      mkdirSync(join(folder, 'originals/shots'), { recursive: true });
      writeFileSync(join(folder, 'originals/shots/sound.png'), picture);
      writeFileSync(join(folder, 'inventory.yaml'), text);
    },
    command: (folder) => {
      const at = (path: string) => join(folder, path);
      const folders = ['--originals', at('originals'), '--data', at('data')];
      return command('plan', ...folders, '--inventory', at('inventory.yaml'), ...models);
    },
    says,
    ...limits,
    ...more,
  };
}

const nine = (name: string, of: string) =>
  `${name}: &${name} [${Array<string>(9).fill(of).join()}]\n`;
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
const laughs = names
  .map((name, at) => nine(name, at === 0 ? 'x' : `*${names[at - 1] ?? ''}`))
  .join('');
const entries = (count: number) =>
  Array.from({ length: count }, (_unused, at) => `- {project: p${at}, source: s${at}.zip}\n`).join(
    '',
  );

const inventories: readonly FortressInput[] = [
  inventory('nine lists of nine of nine …', laughs, [/resource exhaustion|expected a list/]),
  inventory('a list that contains itself', '- &a [*a]\n', [/inventory\.yaml/]),
  inventory('2,000,000 open brackets', '['.repeat(2 * MIB), [/nested too deeply/]),
  inventory('100,000 lists in lists', `${'- '.repeat(100_000)}x`, [/nested too deeply/]),
  inventory('900 errors', '- {project: a\n'.repeat(900), [/this is not YAML[^]*and \d+ more/]),
  inventory('5 GiB', '', [/larger than 16 MB/], {
    make: (folder) => {
      mkdirSync(join(folder, 'originals'));
      writeFileSync(join(folder, 'inventory.yaml'), '');
      truncateSync(join(folder, 'inventory.yaml'), 5 * 2 ** 30);
    },
  }),
  inventory('an archive', 'PK\x03\x04\0\0\0\xff', [/inventory\.yaml/]),
  inventory('a type of JavaScript', '- !!js/function "function () {}"\n', [/inventory\.yaml/]),
  inventory(
    'keys of prototypes',
    '- {__proto__: {a: 1}, constructor: x, project: a, source: shots}\n',
    [/there is no such key|__proto__/],
  ),
  inventory(
    'paths that lead elsewhere',
    '- {project: a, source: ../../etc}\n- {project: b, source: /etc}\n- {project: ../c, source: shots}\n',
    [/entry 1, source: must be a path below/, /entry 2, source/, /entry 3, project/],
  ),
  inventory('20,000 sources that are not there', entries(20_000), [/none of the 20,000 sources/], {
    seconds: 8,
    megabytes: 450,
  }),
];

/** A database of the user's, for `validate`. */
function database(
  name: string,
  make: (path: string) => void,
  says: readonly RegExp[],
  more: Partial<FortressInput> = {},
): FortressInput {
  return {
    name: `database: ${name}`,
    make: (folder) => make(join(folder, 'a.db')),
    command: (folder) => command('validate', join(folder, 'a.db')),
    says,
    ...limits,
    ...more,
  };
}

const COLUMNS = `(group_id TEXT PRIMARY KEY, project_id TEXT, images TEXT, ai_selected_index INTEGER,
  ai_crop_coords TEXT, ai_confidence REAL)`;
const sql =
  (...statements: string[]) =>
  (path: string) => {
    const opened = new Sqlite(path);
    opened.exec(`CREATE TABLE ai_decisions ${COLUMNS};${statements.join(';')}`);
    opened.close();
  };
const row = (images: string) =>
  `INSERT INTO ai_decisions VALUES ('g', 'p', ${images}, 0, NULL, 1.0)`;

const databases: readonly FortressInput[] = [
  database(
    'noise behind a header',
    (path) => writeFileSync(path, Buffer.alloc(40_960, 'SQLite format 3\0\x10\0\x01\x01\0@  ')),
    [/damaged or no SQLite database/],
  ),
  database('nothing but a header', (path) => writeFileSync(path, 'SQLite format 3\0'), [
    /damaged or no SQLite database/,
  ]),
  database(
    'a view without end in place of the table',
    (path) => {
      const opened = new Sqlite(path);
      opened.exec(
        'CREATE VIEW ai_decisions AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS group_id FROM n',
      );
      opened.close();
    },
    [/is a view/],
  ),
  database('images in 200,000 lists', sql(row(`'${'['.repeat(200_000)}'`)), [/g.*images/]),
  database(
    '30 MB of images in one row',
    sql(row(`'["' || hex(zeroblob(15000000)) || '"]'`)),
    [/0 errors/],
    { exitCode: 0, megabytes: 400 },
  ),
  database(
    '50,000 empty lists',
    sql(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO ai_decisions SELECT 'g' || i, 'p', '[]', 0, NULL, 1.0 FROM n`,
    ),
    [/images/],
  ),
  database(
    'a trigger and a thousand tables',
    sql(
      'CREATE TRIGGER t AFTER INSERT ON ai_decisions BEGIN DELETE FROM ai_decisions; END',
      ...Array.from({ length: 1_000 }, (_unused, at) => `CREATE TABLE t${at} (a)`),
    ),
    [/0 errors/],
    { exitCode: 0 },
  ),
];

/** A model, for `models import`. */
function model(name: string, bytes: Buffer, says: readonly RegExp[]): FortressInput {
  return {
    name: `ONNX: ${name}`,
    make: (folder) => writeFileSync(join(folder, 'a.onnx'), bytes),
    command: (folder) =>
      command('models', 'import', join(folder, 'a.onnx'), '--data', join(folder, 'data')),
    says,
    ...limits,
  };
}

/** A field of protocol buffers whose content has the given length, whatever follows. */
const field = (number: number, length: number, content: Buffer = Buffer.alloc(0)) => {
  const bytes = [(number << 3) | 2];
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.concat([Buffer.from([...bytes, rest]), content]);
};
const whole = (number: number, content: Buffer) => field(number, content.length, content);
const text = (number: number, content: string) => whole(number, Buffer.from(content));
const NOT_ONNX = [/not an ONNX file|damaged|cannot load it/];
/** A weight whose bytes are said to be in another file. */
const elsewhere = whole(
  7,
  whole(
    5,
    Buffer.concat([
      Buffer.of(0x08, 1, 0x10, 1),
      text(8, 'w'),
      whole(13, Buffer.concat([text(1, 'location'), text(2, '../../../../etc/passwd')])),
      Buffer.of(0x70, 1),
    ]),
  ),
);

const onnxFiles: readonly FortressInput[] = [
  model('16 MiB of noise', Buffer.alloc(16 * MIB, '\x0a\xff'), NOT_ONNX),
  model('nothing', Buffer.alloc(0), [/empty|not an ONNX file|damaged/]),
  model(
    'a graph that claims 2⁵⁰ bytes',
    Buffer.concat([Buffer.of(0x08, 8), field(7, 2 ** 50)]),
    NOT_ONNX,
  ),
  model(
    'a graph of noise',
    Array.from({ length: 8 }).reduce<Buffer>(
      (inner) => whole(7, whole(1, whole(5, inner))),
      Buffer.alloc(8),
    ),
    NOT_ONNX,
  ),
  model('weights in /etc/passwd', Buffer.concat([Buffer.of(0x08, 8), elsewhere]), [/error: /]),
];

export const commandInputs: readonly FortressInput[] = [...inventories, ...databases, ...onnxFiles];
