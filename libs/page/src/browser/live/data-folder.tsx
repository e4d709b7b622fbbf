import type { GalleryProject, WebOverview } from '@cullstream/contracts/web';
import { Link } from '../address/link.js';
import type { Go } from '../address/use-view.js';
import { toGallery } from '../address/view.js';
import { formatCount, formatMany } from '../format/numbers.js';
import { formatDate } from '../format/times.js';

interface DataFolderProps {
  readonly overview: WebOverview;
  readonly go: Go;
}

/** Shows the galleries and reports of the data folder, even if no run is active. */
export function DataFolder({ overview, go }: DataFolderProps) {
  const { projects, reports } = overview;
  return (
    <div class="data-folder">
      <section aria-label="Galleries">
        <h2>Galleries</h2>
        {projects.length === 0 && <p class="empty">No project has results yet.</p>}
        <ul class="galleries">
          {projects.map((project) => (
            <li key={project.project}>
              <Link to={toGallery(project.project)} go={go}>
                <bdi>{project.project}</bdi>
              </Link>
              <ProjectSummary project={project} />
            </li>
          ))}
        </ul>
      </section>
      {reports.length > 0 && (
        <section aria-label="Reports">
          <h2>Reports</h2>
          <ul class="reports">
            {reports.map(({ name, url, completedAt }) => (
              <li key={name}>
                <a href={url}>{formatDate(completedAt)}</a> <bdi class="soft">{name}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function ProjectSummary({ project: { versions, problem } }: { readonly project: GalleryProject }) {
  if (problem !== undefined) return <p class="bad">{problem}</p>;
  const shown = versions.find(({ isCurrent }) => isCurrent) ?? versions.at(-1);
  if (shown === undefined) return <p class="soft">no results yet</p>;
  return (
    <p class="soft">
      {formatCount(shown.decidedGroups)} of {formatMany(shown.groups, 'group')} decided ·{' '}
      {formatMany(shown.images, 'image')}
      {shown.failedImages > 0 && (
        <strong class="bad"> · {formatCount(shown.failedImages)} failed</strong>
      )}
      {versions.length > 1 && ` · ${formatMany(versions.length, 'version')}`}
      {shown.completedAt === null && ' · not complete'}
    </p>
  );
}
