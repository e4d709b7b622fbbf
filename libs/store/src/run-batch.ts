import type { GroupMembership } from '@cullstream/contracts';
import { recountRun } from './recount-run.js';
import { supersedes, toPredictionRow, type ImageResult } from './prediction-row.js';
import { isComplete, toRunStart } from './run-progress.js';
import type { PredictionRow, RunRow } from './schema.js';
import type { Statements } from './statements.js';
import { storeGroup, type UpdatedGroup } from './store-group.js';

/**
 * The part of a batch that belongs to one run, inside the batch's transaction. Only rows that are new or
 * that replace others change the counts, so that repeated results are harmless.
 */
export class RunBatch {
  readonly row: RunRow;
  readonly #statements: Statements;
  readonly #wasComplete: boolean;
  readonly #groups = new Map<string, UpdatedGroup>();
  #changed = false;

  constructor(statements: Statements, first: ImageResult, at: Date) {
    this.#statements = statements;
    const { project } = first;
    statements.insertRun.run({
      run: first.run,
      source: project.source,
      catalogue: project.catalogue,
      recipe: null,
      image_count: project.images,
      group_count: project.groups,
      ungrouped_count: project.ungrouped,
      started_at: first.projectStartedAt ?? at.toISOString(),
      completed_at: null,
      embedded_count: 0,
      cached_count: 0,
      failed_count: 0,
      decided_group_count: 0,
      failed_group_count: 0,
      inverted_crop_count: 0,
    });
    const row = statements.selectRun.get({ run: first.run });
    if (row === undefined) throw new Error(`run ${first.run} has no row right after its insert`);
    this.row = row;
    this.#wasComplete = row.completed_at !== null;
  }

  /** Stores one result. Returns why it does not belong to this run; undefined if it does. */
  add(event: ImageResult): string | undefined {
    const problem = this.#mismatch(event);
    if (problem !== undefined) return problem;
    this.#noteStart(event);
    const next = toPredictionRow(event);
    const isNew = this.#statements.insertPrediction.run(next).changes === 1;
    const isNewImage = this.#insertImage(event);
    if (isNew) {
      this.#noteRecipe(event);
      this.#count(next, 1);
    } else if (!this.#replace(event, next) && !isNewImage && !this.#isLost(event)) {
      return undefined;
    }
    this.#changed = true;
    if (event.group !== null) this.#touch(event.group, event, isNew);
    return undefined;
  }

  /** Decides the groups that became complete and stores the counts. The end of the run settles which groups there are. */
  finish(at: Date): void {
    if (!this.#changed && this.row.completed_at !== null) return;
    for (const touched of this.#groups.values()) storeGroup(this.#statements, this.row, touched);
    if (this.#changed && this.#wasComplete) recountRun(this.#statements, this.row);
    if (isComplete(this.row) && this.row.completed_at === null) {
      this.row.completed_at = at.toISOString();
      const { catalogue, run } = this.row;
      this.#statements.removeSupersededDecisions.run({ catalogue, timestamp: toRunStart(run) });
    }
    this.#statements.updateRun.run(this.row);
  }

  #mismatch(event: ImageResult): string | undefined {
    const { run, catalogue, recipe } = this.row;
    if (event.project.catalogue !== catalogue) {
      return (
        `run ${run} works on catalogue ${catalogue}, this event is of ${event.project.catalogue}: ` +
        'the source changed during the run; forget it and start a new one'
      );
    }
    if (event.type === 'image.predicted' && recipe !== null && event.recipe.id !== recipe) {
      return (
        `run ${run} predicts by recipe ${recipe}, this event by ${event.recipe.id}: ` +
        'the models changed during the run; forget it and start a new one'
      );
    }
    return undefined;
  }

  /** Whether a row of the image's group, or its decision, was deleted: then this result restores it. */
  #isLost({ run, group }: ImageResult): boolean {
    if (group === null) return false;
    const key = { run, group_id: group.id };
    const outcome = this.#statements.selectGroupDecision.get(key)?.outcome ?? null;
    if (outcome === null) return true;
    return outcome === 'decided' && this.#statements.selectLostDecision.get(key) !== undefined;
  }

  #replace(event: ImageResult, next: PredictionRow): boolean {
    const stored = this.#statements.selectPrediction.get({
      run: next.run,
      sequence: next.sequence,
    });
    if (stored === undefined || !supersedes(next, stored)) return false;
    this.#noteRecipe(event);
    this.#statements.replacePrediction.run(next);
    this.#count(stored, -1);
    this.#count(next, 1);
    return true;
  }

  /** @returns whether the row is new */
  #insertImage(event: ImageResult): boolean {
    const { changes } = this.#statements.insertImage.run({
      catalogue: this.row.catalogue,
      sequence: event.sequence,
      image: event.image,
      source: JSON.stringify(event.source),
      group_id: event.group?.id ?? null,
      position: event.group?.position ?? null,
    });
    return changes === 1;
  }

  /** Each of several services states when it began with the project; the earliest time counts. */
  #noteStart({ projectStartedAt: at }: ImageResult): void {
    if (at !== undefined && at < this.row.started_at) this.row.started_at = at;
  }

  #noteRecipe(event: ImageResult): void {
    if (event.type === 'image.failed' || this.row.recipe !== null) return;
    this.row.recipe = event.recipe.id;
    this.#statements.insertRecipe.run({
      id: event.recipe.id,
      recipe: JSON.stringify(event.recipe),
      first_used_at: toRunStart(event.run),
    });
  }

  #touch(group: GroupMembership, event: ImageResult, isNew: boolean): void {
    let touched = this.#groups.get(group.id);
    if (touched === undefined) {
      touched = { group, project: event.project, newlySeen: 0 };
      this.#groups.set(group.id, touched);
      this.#insertGroup(group);
    }
    if (isNew) touched.newlySeen += 1;
  }

  #insertGroup(group: GroupMembership): void {
    this.#statements.insertGroup.run({
      catalogue: this.row.catalogue,
      group_id: group.id,
      images: JSON.stringify(group.images),
      present: group.present,
      origin: group.origin,
      directory: group.directory,
    });
  }

  #count(prediction: PredictionRow, by: 1 | -1): void {
    if (prediction.outcome === 'failed') this.row.failed_count += by;
    else if (prediction.outcome === 'computed') this.row.embedded_count += by;
    else this.row.cached_count += by;
  }
}
