// Run after a build: npm run bench:crops -w @cullstream/truth -- [pictures of each kind] [folder of photographs]
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { program } from '@commander-js/extra-typings';
import { seededRandom } from '@cullstream/examples';
import { configureSharp, decodeRgb } from '@cullstream/imaging';
import { toCount } from '@cullstream/testing/option-values';
import sharp from 'sharp';
import { locateCrop } from '../dist/locate/locate-crop.js';

const [count, folder] = program
  .name('npm run bench:crops -w @cullstream/truth --')
  .description(
    'How often crops are found where they are, by kind of picture and of what was done to them: drawn pictures, ' +
      'cropped, resized by odd factors and saved anew. A wrong place is worse than none.',
  )
  .argument('[count]', 'pictures of each kind', toCount, 30)
  .argument('[folder]', 'of photographs, which are tried as well')
  .parse().processedArgs;
const KERNELS = ['lanczos3', 'cubic', 'mitchell', 'linear', 'lanczos2'];
/** Off by more than this share of the original's longer side is a wrong place. */
const RIGHT_WITHIN = 0.02;

/** Sums random grids, ever finer: `roughness` is how little the finer ones are weaker. */
async function drawOctaves(width, height, { from, to, roughness, random }) {
  const sum = new Float32Array(width * height * 3);
  for (let cells = from; cells <= to; cells *= 2) {
    const [columns, rows] = [cells, Math.max(1, Math.round((cells * height) / width))];
    const grid = Buffer.from(Array.from({ length: columns * rows * 3 }, () => random() * 256));
    const data = await sharp(grid, { raw: { width: columns, height: rows, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    const weight = roughness ** Math.log2(cells / from);
    for (let at = 0; at < sum.length; at++) sum[at] += (data[at] - 128) * weight;
  }
  return sum;
}

/** What is behind, and in front of it or over it, by kind. */
const kinds = {
  photograph: { base: { from: 2, to: 512, roughness: 0.62 } },
  smooth: { base: { from: 2, to: 4, roughness: 0.5 } },
  portrait: {
    base: { from: 2, to: 4, roughness: 0.5 },
    front: { from: 16, to: 512, roughness: 0.7 },
    mask: (x, y, width, height) =>
      ((x - width / 2) / (width * 0.22)) ** 2 + ((y - height * 0.55) / (height * 0.4)) ** 2 < 1,
  },
  facade: {
    base: { from: 2, to: 2, roughness: 0.5 },
    tile: (x, y) => (x % 61 < 9 || y % 47 < 7 ? -50 : (x % 61) + (y % 47)),
  },
  stripes: {
    base: { from: 2, to: 2, roughness: 0.5 },
    tile: (_x, y) => 60 * Math.sin((y * y) / 9000),
  },
};

async function drawPicture(kind, random) {
  const [width, height] = [900 + Math.floor(random() * 500), 700 + Math.floor(random() * 400)];
  const { base, front, mask, tile } = kinds[kind];
  const behind = await drawOctaves(width, height, { ...base, random });
  const before = front && (await drawOctaves(width, height, { ...front, random }));
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0, pixel = 0; at < data.length; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const isBefore = mask?.(x, y, width, height);
    const more = tile === undefined ? 0 : tile(x, y);
    const grain = (random() - 0.5) * 6;
    for (let channel = 0; channel < 3; channel++, at++) {
      const value = 128 + (isBefore ? before[at] * 0.8 : behind[at] * 0.7) + more + grain;
      data[at] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Cuts a place out and does to it what tools do. */
async function finish(picture, { width, height }, random) {
  const share = () => 0.35 + 0.65 * random();
  const [w, h] = [Math.round(width * share()), Math.round(height * share())];
  const [left, top] = [
    Math.floor(random() * (width - w + 1)),
    Math.floor(random() * (height - h + 1)),
  ];
  const scale = random() < 0.25 ? 1 : random() < 0.3 ? 1 + 1.2 * random() : 0.25 + 0.75 * random();
  const kernel = KERNELS[Math.floor(random() * KERNELS.length)];
  const cut = picture.clone().extract({ left, top, width: w, height: h });
  const raw = await cut.raw().toBuffer({ resolveWithObject: true });
  let part = sharp(raw.data, { raw: raw.info });
  const [toWidth, toHeight] = [w, h].map((px) => Math.max(1, Math.round(px * scale)));
  if (scale !== 1) part = part.resize(toWidth, toHeight, { fit: 'fill', kernel });
  if (random() < 0.3) part = part.linear(0.8 + random() * 0.4, random() * 20 - 10);
  const quality = 55 + Math.floor(random() * 40);
  const bytes = await (
    random() < 0.3 && scale !== 1 ? part.png() : part.jpeg({ quality })
  ).toBuffer();
  return { bytes, box: [left, top, left + w, top + h], scale, quality, kernel };
}

async function* pictures() {
  if (folder !== undefined) {
    for (const name of readdirSync(folder).sort()) {
      if (/\.(png|jpe?g)$/i.test(name)) {
        const { data, info } = await sharp(readFileSync(join(folder, name)))
          .removeAlpha()
          .toColourspace('srgb')
          .raw()
          .toBuffer({ resolveWithObject: true });
        for (let round = 0; round < count; round++) {
          yield {
            kind: 'yours',
            name,
            random: seededRandom(round),
            picture: sharp(data, { raw: info }),
            info,
          };
        }
      }
    }
    return;
  }
  for (const kind of Object.keys(kinds)) {
    for (let seed = 1; seed <= count; seed++) {
      const random = seededRandom(seed);
      const picture = await drawPicture(kind, random);
      const { options } = picture;
      yield {
        kind,
        name: `${kind} ${seed}`,
        random,
        picture,
        info: { width: options.input.rawWidth, height: options.input.rawHeight },
      };
    }
  }
}

configureSharp({ threads: 1 });
const totals = new Map();
for await (const { kind, name, random, picture, info } of pictures()) {
  const { bytes, box, scale, quality, kernel } = await finish(picture, info, random);
  const original = await decodeRgb(await picture.clone().png({ compressionLevel: 1 }).toBuffer());
  const final = await decodeRgb(bytes);
  const started = performance.now();
  const found = await locateCrop(original, final);
  const tookMs = performance.now() - started;
  const offPx = found.box && Math.max(...found.box.map((edge, side) => Math.abs(edge - box[side])));
  const isRight =
    offPx !== null && offPx <= Math.max(2, RIGHT_WITHIN * Math.max(info.width, info.height));
  const outcome = offPx === null ? 'none' : isRight ? 'right' : 'wrong';
  const key = `${kind}, ${scale === 1 ? 'same size' : scale < 1 ? 'smaller' : 'larger'}`;
  const total = totals.get(key) ?? { right: 0, exact: 0, wrong: 0, none: 0, ms: 0 };
  totals.set(key, total);
  total[outcome] += 1;
  total.exact += offPx === 0 ? 1 : 0;
  total.ms += tookMs;
  if (outcome !== 'right') {
    const what = `${name}: ${outcome}, scale ${scale.toFixed(3)}, ${kernel}, quality ${quality}`;
    console.log(`${what}: ${JSON.stringify(box)} taken for ${JSON.stringify(found)}`);
  }
}
console.table(
  Object.fromEntries(
    [...totals].map(([key, { ms, ...rest }]) => {
      const all = rest.right + rest.wrong + rest.none;
      return [key, { ...rest, 'ms each': Math.round(ms / all) }];
    }),
  ),
);
