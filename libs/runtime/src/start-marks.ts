import type { RunId } from '@cullstream/contracts';

/** Adds the time when work on a project began to the first image of the project, and to no other. */
export interface StartMarks {
  /** @returns ISO 8601 for the first image of a project that arrived, also if it arrives again */
  of(image: MarkedImage, now: Date): string | undefined;
}

interface MarkedImage {
  readonly run: RunId;
  readonly project: { readonly name: string };
  readonly sequence: number;
}

/** If a project comes again after so many others, it gets a second, later time. The earliest counts. */
const PROJECTS_REMEMBERED = 256;

/** For a service that handles images one by one and may serve any number of runs. */
export function createStartMarks(): StartMarks {
  const marks = new Map<string, { readonly sequence: number; readonly at: string }>();
  return {
    of({ run, project, sequence }, now) {
      const key = `${run}/${project.name}`;
      const known = marks.get(key);
      if (known !== undefined) return known.sequence === sequence ? known.at : undefined;
      const at = now.toISOString();
      marks.set(key, { sequence, at });
      if (marks.size > PROJECTS_REMEMBERED) {
        const [oldest] = marks.keys();
        if (oldest !== undefined) marks.delete(oldest);
      }
      return at;
    },
  };
}
