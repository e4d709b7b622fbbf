import type { LiveRun } from '@cullstream/contracts/web';
import { Link } from '../address/link.js';
import type { Go } from '../address/use-view.js';
import { toGallery } from '../address/view.js';
import { formatCount, formatMany } from '../format/numbers.js';
import { CountsBar } from './counts-bar.js';
import type { RunControl } from './run-controls.js';
import { countEnded, isUnderWay, type Counts, type ProjectStatus } from './run-totals.js';

interface RunProjectsProps {
  readonly run: LiveRun;
  /** Null if this page cannot control the run. */
  readonly control: RunControl | null;
  readonly go: Go;
}

export function RunProjects({ run, control, go }: RunProjectsProps) {
  const { status, first } = run;
  const open = status.projects.filter(isOpen);
  // A single project cannot be moved before others.
  const canOrder = control !== null && isUnderWay(status) && open.length > 1;
  return (
    <section class="projects" aria-label="Projects of the run">
      <h3>{formatMany(status.projects.length + (status.others?.projects ?? 0), 'project')}</h3>
      <ul>
        {status.projects.map((project) => (
          <li key={project.name} data-project={project.name} data-state={project.state}>
            <p class="name">
              <Link to={toGallery(project.name)} go={go}>
                <bdi>{project.name}</bdi>
              </Link>
              <ProjectState project={project} place={first.indexOf(project.name)} />
              {canOrder && isOpen(project) && (
                <OrderButton name={project.name} first={first} control={control} />
              )}
            </p>
            <CountsBar label={project.name} images={project.images} counts={project.counts} />
            <CountsText {...project} />
          </li>
        ))}
        {status.others !== undefined && (
          <li>
            <p class="name">and {formatMany(status.others.projects, 'more project')}</p>
            <CountsBar label="other projects" {...status.others} />
            <CountsText {...status.others} />
          </li>
        )}
      </ul>
    </section>
  );
}

const isOpen = ({ state }: ProjectStatus): boolean => state === 'waiting' || state === 'running';

const stateNames: Readonly<Record<ProjectStatus['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  success: 'done',
  partial: 'done, with failures',
  failed: 'failed',
  skipped: 'complete before',
};

function ProjectState(props: { readonly project: ProjectStatus; readonly place: number }) {
  const { project, place } = props;
  const { state } = project;
  return (
    <>
      <span class={`badge state-${state}`}>{stateNames[state]}</span>
      {place >= 0 && isOpen(project) && (
        <span class="badge warn">{place === 0 ? 'next' : `next but ${place}`}</span>
      )}
    </>
  );
}

interface OrderButtonProps {
  readonly name: string;
  readonly first: readonly string[];
  readonly control: RunControl;
}

function OrderButton({ name, first, control }: OrderButtonProps) {
  const others = first.filter((each) => each !== name);
  const isFirst = first[0] === name;
  const projects = isFirst ? others : [name, ...others];
  return (
    <button
      type="button"
      class="small"
      disabled={control.isBusy}
      aria-label={isFirst ? `Process ${name} in its turn` : `Process ${name} next`}
      onClick={() => control.send({ action: 'prioritise', projects })}
    >
      {isFirst ? 'In its turn' : 'Next'}
    </button>
  );
}

interface CountsTextProps {
  readonly images: number;
  readonly groups: number;
  readonly counts: Counts;
}

function CountsText({ images, groups, counts }: CountsTextProps) {
  const parts = [
    `${formatCount(countEnded(counts))} of ${formatMany(images, 'image')}`,
    `${formatCount(counts.embedded)} embedded`,
    `${formatCount(counts.cached)} cached`,
    `${formatCount(counts.decidedGroups)} of ${formatMany(groups, 'group')} decided`,
  ];
  return (
    <p class="counts">
      {parts.join(' · ')}
      {counts.failed > 0 && <strong class="bad"> · {formatCount(counts.failed)} failed</strong>}
    </p>
  );
}
