import { align, type Known } from './align.js';
import { scaleEdges, type Edges } from './edges.js';
import { resizeLuma, type Luma } from './luma.js';

/** A place whose edges were refined. They are in pixels of the whole picture. */
export interface AlignedPlace {
  readonly edges: Edges;
  readonly score: number;
  readonly unsureByPx: number;
  readonly misfit: number;
}

/** The picture is not reduced to less than this, even if the part has fewer details. */
const SMALLEST_SIDE_PX = 96;
/** Longer side of the copy from which smaller copies are made. */
const BASE_SIDE_PX = 3072;
/** Pixels in a block of JPEG, within which errors are correlated. */
const PIXELS_OF_A_BLOCK = 64;
/** Tolerance of the size of a part that was not resized. */
const KEPT_WITHIN_PX = 0.01;

/** Refines places of one part in one picture, in reduced copies of both, each of which is made once. */
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

  /** @param wantedSidePx longer side of the copy of the picture that is used */
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

  /** A copy of the part that is not larger than the part. */
  reducedPart(longSidePx: number): Promise<Luma> {
    const { widthPx, heightPx } = this.part;
    return this.#reduce('part', this.part, Math.min(longSidePx, Math.max(widthPx, heightPx)));
  }

  /** Longer side of the copy of the picture that has as much detail as the part. */
  #toSideOfPart({ left, right }: Edges): number {
    return Math.ceil((this.longSidePx * this.part.widthPx) / (right - left));
  }

  /** The largest distance by which the part can be moved within the picture. */
  #roomPx(): number {
    if (this.#isResized) return Infinity;
    const { widthPx, heightPx } = this.#picture;
    return Math.max(widthPx - this.part.widthPx, heightPx - this.part.heightPx);
  }

  /** The constraint that the size was kept, or else the aspect ratio, except for rounding. */
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

  /** Small copies of a large picture are made from a medium copy, since the time depends on the source's size. */
  async #reduceToBase(which: string, luma: Luma): Promise<Luma> {
    const isLarge = Math.max(luma.widthPx, luma.heightPx) > BASE_SIDE_PX;
    return isLarge ? await this.#reduce(which, luma, BASE_SIDE_PX) : luma;
  }
}
