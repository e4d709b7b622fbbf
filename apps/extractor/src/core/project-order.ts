import type { PlannedProject } from '@cullstream/contracts';

/**
 * In which order the projects of a run are published: those that people want first, then as the run lists
 * them. Each question takes the same time, however many projects there are.
 */
export class ProjectOrder {
  private readonly waiting = new Map<string, PlannedProject>();
  private readonly known = new Set<string>();

  /** Adds what a run that was taken up again has more; what is known keeps its place. */
  extend(projects: readonly PlannedProject[]): void {
    for (const planned of projects) {
      const { name } = planned.project;
      if (this.known.has(name)) continue;
      this.known.add(name);
      this.waiting.set(name, planned);
    }
  }

  /** Of what is left the first one that is wanted first, else the first of the run. */
  next(first: readonly string[] = []): PlannedProject | undefined {
    for (const name of first) {
      const wanted = this.waiting.get(name);
      if (wanted !== undefined) return wanted;
    }
    for (const planned of this.waiting.values()) return planned;
    return undefined;
  }

  /** The project is published, or given up. */
  passed(name: string): void {
    this.waiting.delete(name);
  }

  get published(): number {
    return this.known.size - this.waiting.size;
  }
}
