import type { PlannedProject } from '@cullstream/contracts';

/**
 * The order in which the projects of a run are published: first the prioritised ones, then as the run
 * lists them. Each call takes constant time.
 */
export class ProjectOrder {
  private readonly waiting = new Map<string, PlannedProject>();
  private readonly known = new Set<string>();
  /** Projects that others work on, with the time at which to look at them again. */
  private readonly aside = new Map<string, number>();

  /** Adds the new projects of a run that was continued; known ones keep their place. */
  extend(projects: readonly PlannedProject[]): void {
    for (const planned of projects) {
      const { name } = planned.project;
      if (this.known.has(name)) continue;
      this.known.add(name);
      this.waiting.set(name, planned);
    }
  }

  /**
   * The next project: the first prioritised one that is left, else the first of the run. Undefined if there
   * is none, also while all are set aside, or all prioritised ones that are left are.
   */
  next(first: readonly string[] = [], nowMs = 0): PlannedProject | undefined {
    const isHere = (name: string) => (this.aside.get(name) ?? 0) <= nowMs;
    const wanted = first.flatMap((name) => this.waiting.get(name) ?? []);
    if (wanted.length > 0) return wanted.find(({ project }) => isHere(project.name));
    for (const planned of this.waiting.values()) {
      if (isHere(planned.project.name)) return planned;
    }
    return undefined;
  }

  /** Whether a project that is left comes before this one, which is being published. */
  isOvertaken(name: string, first: readonly string[] = []): boolean {
    const place = first.indexOf(name);
    const before = place === -1 ? first : first.slice(0, place);
    return before.some((each) => this.waiting.has(each));
  }

  /** Leaves a project that another extractor works on, until that time. */
  setAside(name: string, untilMs: number): void {
    this.aside.set(name, untilMs);
  }

  /** Removes a project that is published or given up. */
  passed(name: string): void {
    this.waiting.delete(name);
    this.aside.delete(name);
  }

  get isThrough(): boolean {
    return this.waiting.size === 0;
  }

  get published(): number {
    return this.known.size - this.waiting.size;
  }
}
