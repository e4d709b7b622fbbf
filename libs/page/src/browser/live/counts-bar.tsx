import { formatCount, formatShare } from '../format/numbers.js';
import { countEnded, type Counts } from './run-totals.js';

interface CountsBarProps {
  readonly label: string;
  readonly images: number;
  readonly counts: Counts;
}

/** Shows how many images were embedded, were taken from the cache or failed. */
export function CountsBar({ label, images, counts }: CountsBarProps) {
  const ended = countEnded(counts);
  const width = (count: number) => ({ width: images === 0 ? '0%' : `${(count / images) * 100}%` });
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={images}
      aria-valuenow={ended}
      aria-valuetext={`${formatCount(ended)} of ${formatCount(images)} images, ${formatShare(images === 0 ? 1 : ended / images)}`}
    >
      <span class="cached" style={width(counts.cached)} />
      <span class="embedded" style={width(counts.embedded)} />
      <span class="failed" style={width(counts.failed)} />
    </div>
  );
}
