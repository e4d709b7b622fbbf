import type { LiveRun, RecentDecision } from '@cullstream/contracts/web';
import { Link } from '../address/link.js';
import type { Go } from '../address/use-view.js';
import { toGallery } from '../address/view.js';
import { picturePath } from '../api/paths.js';
import { formatShare } from '../format/numbers.js';
import { fitBox } from '../geometry/fit-box.js';
import { CropOutline } from '../picture/crop-outline.js';
import { LazyImage } from '../picture/lazy-image.js';

interface RecentProps {
  readonly run: LiveRun;
  readonly go: Go;
}

/** Shows the latest failures with their reasons. */
export function RecentFailures({ run, go }: RecentProps) {
  if (run.failures.length === 0) return null;
  return (
    <section class="failures" aria-label="Last failures">
      <h3>Last failures</h3>
      <ul>
        {run.failures.map(({ project, image, reason, message }) => (
          <li key={`${project}/${image}`}>
            <p>
              <strong class="bad">{reason}</strong> <bdi>{image}</bdi>
              {' in '}
              <Link to={toGallery(project, { show: 'failed' })} go={go}>
                <bdi>{project}</bdi>
              </Link>
            </p>
            <p class="soft">
              <bdi>{message}</bdi>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Shows the latest decisions as pictures. */
export function RecentDecisions({ run, go }: RecentProps) {
  if (run.decisions.length === 0) return null;
  return (
    <section class="decisions" aria-label="Last decisions">
      <h3>Last decisions</h3>
      <ul>
        {run.decisions.map((decision) => (
          <li key={`${decision.project}/${decision.groupId}`}>
            <DecisionLink run={run.status.run} decision={decision} go={go} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const ROOM_PX = { widthPx: 190, heightPx: 150 };

function DecisionLink(props: {
  readonly run: string;
  readonly decision: RecentDecision;
  readonly go: Go;
}) {
  const { run, decision, go } = props;
  const { project, groupId, image, sequence, widthPx, heightPx, confidence, crop } = decision;
  const box = fitBox(widthPx / heightPx, ROOM_PX.widthPx, ROOM_PX.heightPx);
  const view = { ...toGallery(project), opened: { id: groupId } };
  return (
    <Link to={view} go={go} class="decision" title={groupId}>
      <span class="picture" style={{ width: `${box.width}px`, height: `${box.height}px` }}>
        <LazyImage
          src={picturePath({ project, run, sequence }, '320')}
          alt={`${image}, picked in ${project}`}
        />
        {crop !== null && <CropOutline who="pick" crop={crop} dims />}
      </span>
      <span class="caption">
        <bdi>{project}</bdi> <span class="soft">{formatShare(confidence)}</span>
      </span>
    </Link>
  );
}
