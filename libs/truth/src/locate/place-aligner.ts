import { align, type Known } from './align.js';
import { scaleEdges, type Edges } from './edges.js';
import { resizeLuma, type Luma } from './luma.js';

/** A place that was made exact. Edges are in pixels of the whole picture. */
export interface AlignedPlace {
  readonly edges: Edges;
  readonly score: number;
  readonly unsureByPx: number;
  readonly misfit: number;
}

/** In the smallest pictures a part may show less than they do. */
const SMALLEST_SIDE_PX = 96;
/** Of copies that other copies are made of. */
const BASE_SIDE_PX = 3072;
/** JPEG encodes blocks of so many pixels; what is off is off for all of them. */
const PIXELS_OF_A_BLOCK = 64;
/** How exactly a size is kept that was not changed. */
const KEPT_WITHIN_PX = 0.01;

/** Makes places of one part in one picture exact, in reduced copies of both, each made once. */
export class PlaceAligner {
  readonly part: Luma;
  readonly longSidePx: number;
  readonly #picture: Luma;
  readonly #isResized: boolean;
  readonly #copies = new Map<string, Promise<Luma>>();

  /** @param isResized whether the part may have another size than its place */
  constructor(picture: Luma, part: Luma, isResized: boolean) {
    this.#picture = picture;
    this.part = part;
    this.#isResized = isResized;
    this.longSidePx = Math.max(picture.widthPx, picture.heightPx);
  }

  /** @param wantedSidePx longer side of the copy of the picture in which it is done */
  async align(from: Edges, wantedSidePx: number): Promise<AlignedPlace | undefined> {
    const sidePx = Math.min(wantedSidePx, Math.max(SMALLEST_SIDE_PX, this.#toSideOfPart(from)));
    const picture = await this.reducedPicture(sidePx);
    const scale = sidePx / this.longSidePx;
    const edges = scaleEdges(from, scale);
    const part = await this.reducedPart(
      Math.max(edges.right - edges.left, edges.bottom - edges.top),
    );
    const pieces = (this.part.widthPx * this.part.heightPx) / PIXELS_OF_A_BLOCK;
    const aligned = align(picture, part, edges, { known: this.#known(scale), pieces });
    if (aligned === undefined) return undefined;
    return {
      edges: scaleEdges(aligned.edges, 1 / scale),
      score: aligned.score,
      unsureByPx: Math.min(aligned.unsureByPx / scale, this.#roomPx()),
      misfit: aligned.misfit,
    };
  }

  reducedPicture(longSidePx: number): Promise<Luma> {
    return this.#reduce('picture', this.#picture, longSidePx);
  }

  /** Not larger than it is. */
  reducedPart(longSidePx: number): Promise<Luma> {
    const { widthPx, heightPx } = this.part;
    return this.#reduce('part', this.part, Math.min(longSidePx, Math.max(widthPx, heightPx)));
  }

  /** In larger copies the picture shows more than the part does. */
  #toSideOfPart({ left, right }: Edges): number {
    return Math.ceil((this.longSidePx * this.part.widthPx) / (right - left));
  }

  /** How far the part could be moved at all. */
  #roomPx(): number {
    if (this.#isResized) return Infinity;
    const { widthPx, heightPx } = this.#picture;
    return Math.max(widthPx - this.part.widthPx, heightPx - this.part.heightPx);
  }

  /** That the size was kept, or else the aspect ratio, but for rounding. */
  #known(scale: number): Known[] {
    const { widthPx, heightPx } = this.part;
    if (!this.#isResized) {
      return [
        { factors: [-1, 1, 0, 0], value: widthPx * scale, within: KEPT_WITHIN_PX },
        { factors: [0, 0, -1, 1], value: heightPx * scale, within: KEPT_WITHIN_PX },
      ];
    }
    const roundedBy = 0.5 / widthPx + 0.5 / heightPx;
    const pixelsOfOne = (this.longSidePx * scale) / Math.max(widthPx, heightPx);
    return [
      {
        factors: [-1 / widthPx, 1 / widthPx, 1 / heightPx, -1 / heightPx],
        value: 0,
        within: roundedBy * pixelsOfOne,
      },
    ];
  }

  #reduce(which: string, luma: Luma, longSidePx: number): Promise<Luma> {
    const share = longSidePx / Math.max(luma.widthPx, luma.heightPx);
    const [columns, rows] = [luma.widthPx, luma.heightPx].map((px) =>
      Math.max(1, Math.round(px * share)),
    );
    const key = `${which} ${columns} ${rows}`;
    const reduce = async () => {
      const from = longSidePx > BASE_SIDE_PX / 2 ? luma : await this.#reduceToBase(which, luma);
      return resizeLuma(from, columns ?? 1, rows ?? 1);
    };
    const copy = this.#copies.get(key) ?? reduce();
    this.#copies.set(key, copy);
    return copy;
  }

  /** Small copies of a large picture are made of a middling one: each takes as long as its source is large. */
  async #reduceToBase(which: string, luma: Luma): Promise<Luma> {
    const isLarge = Math.max(luma.widthPx, luma.heightPx) > BASE_SIDE_PX;
    return isLarge ? await this.#reduce(which, luma, BASE_SIDE_PX) : luma;
  }
}
