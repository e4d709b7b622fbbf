/**
 * @param {string} text such as `1-20` or `3,5,8`
 * @returns {number[]}
 */
export function toSeeds(text) {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined)
      throw new Error(`--seeds: ${part} is no number and no range like 1-20`);
    const count = Math.max(0, Number(last) - Number(first) + 1);
    return Array.from({ length: count }, (_unused, index) => Number(first) + index);
  });
}
