import type { PlannedProject } from '@cullstream/contracts';

/**
 * The order in which the projects of a run are published: first the prioritised ones, then as the run
 * lists them. Each call takes constant time.
 */
export class ProjectOrder {
  private readonly waiting = new Map<string, PlannedProject>();
  private readonly known = new Set<string>();

  /** Adds the new projects of a run that was continued; known ones keep their place. */
  extend(projects: readonly PlannedProject[]): void {
    for (const planned of projects) {
      const { name } = planned.project;
      if (this.known.has(name)) continue;
      this.known.add(name);
      this.waiting.set(name, planned);
    }
  }

  /** The next project: the first prioritised one that is left, else the first of the run. */
  next(first: readonly string[] = []): PlannedProject | undefined {
    for (const name of first) {
      const wanted = this.waiting.get(name);
      if (wanted !== undefined) return wanted;
    }
    for (const planned of this.waiting.values()) return planned;
    return undefined;
  }

  /** Removes a project that is published or given up. */
  passed(name: string): void {
    this.waiting.delete(name);
  }

  get published(): number {
    return this.known.size - this.waiting.size;
  }
}
