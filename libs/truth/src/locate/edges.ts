/** The place of a part in a picture: its edges in pixels of the picture, with fractions. */
export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function scaleEdges({ left, top, right, bottom }: Edges, by: number): Edges {
  return { left: left * by, top: top * by, right: right * by, bottom: bottom * by };
}

/** The largest distance of an edge of one from the same edge of the other. */
export function edgesApart(a: Edges, b: Edges): number {
  return Math.max(
    Math.abs(a.left - b.left),
    Math.abs(a.top - b.top),
    Math.abs(a.right - b.right),
    Math.abs(a.bottom - b.bottom),
  );
}
