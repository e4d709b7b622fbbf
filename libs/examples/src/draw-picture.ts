import sharp from 'sharp';
import { seededRandom, type Random } from './seeded-random.js';

export interface Picture {
  /** Which scene: the same number draws the same scene at every size. */
  readonly scene: number;
  /** Which variant of it: light and details differ a little. */
  readonly variant: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly format: 'png' | 'jpeg';
}

/**
 * Strength of the grain in steps of 8-bit brightness. Like a photograph, it limits the compression.
 */
const GRAIN = 10;

/**
 * Draws a made-up landscape: sky, sun, hills, water and grain. The same picture gives the same
 * bytes with the same version of sharp.
 */
export async function drawPicture(picture: Picture): Promise<Buffer> {
  const { widthPx: width, heightPx: height } = picture;
  const { data } = await sharp(Buffer.from(toSvg(picture)))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  addGrain(data, seededRandom(picture.scene * 31 + picture.variant));
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return picture.format === 'png'
    ? image.png({ compressionLevel: 6 }).toBuffer()
    : image.jpeg({ quality: 88 }).toBuffer();
}

function toSvg({ scene, variant, widthPx, heightPx }: Picture): string {
  const random = seededRandom(scene);
  const hue = Math.floor(random() * 360);
  const light = 45 + variant * 4;
  const sun = { x: 15 + random() * 70, y: 12 + random() * 25, radius: 4 + random() * 7 };
  const hills = [45, 58, 72].map((base, index) => {
    const fill = `hsl(${(hue + 130 + index * 25) % 360} ${30 + index * 8}% ${light - 8 - index * 9}%)`;
    return `<path d="${hillPath(base, random)}" fill="${fill}"/>`;
  });
  const lights = Array.from({ length: 6 + variant * 3 }, () => {
    const [x, y, radius] = [random() * 100, 76 + random() * 22, 0.4 + random() * 1.6];
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="hsl(${hue} 70% 80%)" opacity="0.6"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 100 100" preserveAspectRatio="none">
    <defs>
      <linearGradient id="sky" x2="0" y2="1">
        <stop offset="0" stop-color="hsl(${hue} 55% ${light}%)"/>
        <stop offset="0.6" stop-color="hsl(${(hue + 40) % 360} 65% ${light + 25}%)"/>
      </linearGradient>
      <radialGradient id="sun">
        <stop offset="0.2" stop-color="#fffbe8"/>
        <stop offset="1" stop-color="#fffbe8" stop-opacity="0"/>
      </radialGradient>
    </defs>
    <rect width="100" height="100" fill="url(#sky)"/>
    <circle cx="${sun.x}" cy="${sun.y}" r="${sun.radius * 2}" fill="url(#sun)"/>
    ${hills.join('')}
    <rect y="80" width="100" height="20" fill="hsl(${(hue + 200) % 360} 40% ${light - 15}%)"/>
    ${lights.join('')}
  </svg>`;
}

/** A skyline from left to right around a height in percent, closed at the bottom. */
function hillPath(base: number, random: Random): string {
  const peaks = Array.from({ length: 6 }, (_, index) => {
    const [bend, top] = [base - 14 * random(), base - 9 * random()];
    return `Q ${index * 20 - 10} ${bend} ${index * 20} ${top}`;
  });
  return `M -20 ${base} ${peaks.join(' ')} L 100 100 L -20 100 Z`;
}

function addGrain(pixels: Buffer, random: Random): void {
  for (const [index, value] of pixels.entries()) {
    pixels[index] = Math.max(0, Math.min(255, Math.round(value + (random() - 0.5) * GRAIN)));
  }
}
