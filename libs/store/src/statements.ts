import type BetterSqlite3 from 'better-sqlite3';
import type { Compilable } from 'kysely';
import { upsertAiDecision } from './ai-decision-query.js';
import {
  countGroupDecisions,
  countPredictions,
  insertGroup,
  insertImage,
  insertPrediction,
  insertRecipe,
  insertRun,
  replaceGroupDecision,
  replacePrediction,
  selectFailures,
  selectGroupDecision,
  selectLostDecision,
  selectMembers,
  selectPrediction,
  selectRun,
  updateRun,
  type DecisionCountRow,
  type FailureRow,
  type MemberRow,
  type OutcomeCountRow,
} from './result-queries.js';
import type {
  AiDecisionRow,
  GroupDecisionRow,
  GroupRow,
  ImageRow,
  PredictionRow,
  RecipeRow,
  RunRow,
} from './schema.js';

interface RunKey {
  run: string;
}
interface ImageKey extends RunKey {
  sequence: number;
}
interface GroupKey extends RunKey {
  group_id: string;
}

export interface Statements {
  readonly insertRun: Statement<RunRow>;
  readonly selectRun: Statement<RunKey, RunRow>;
  readonly updateRun: Statement<RunRow>;
  readonly insertRecipe: Statement<RecipeRow>;
  readonly insertImage: Statement<ImageRow>;
  readonly insertGroup: Statement<GroupRow>;
  readonly insertPrediction: Statement<PredictionRow>;
  readonly selectPrediction: Statement<ImageKey, PredictionRow>;
  readonly replacePrediction: Statement<PredictionRow>;
  readonly selectGroupDecision: Statement<GroupKey, GroupDecisionRow>;
  readonly selectLostDecision: Statement<GroupKey, Pick<GroupDecisionRow, 'group_id'>>;
  readonly replaceGroupDecision: Statement<GroupDecisionRow>;
  readonly countPredictions: Statement<RunKey, OutcomeCountRow>;
  readonly countGroupDecisions: Statement<RunKey, DecisionCountRow>;
  readonly selectMembers: Statement<GroupKey & { catalogue: string }, MemberRow>;
  readonly upsertAiDecision: Statement<AiDecisionRow>;
  readonly selectFailures: Statement<RunKey & { limit: number }, FailureRow>;
}

/** The text of a query does not change, and every database prepares the same ones. */
const compiled = new WeakMap<Compilable, string>();

function sqlOf(query: Compilable): string {
  const known = compiled.get(query);
  if (known !== undefined) return known;
  const { sql } = query.compile();
  compiled.set(query, sql);
  return sql;
}

type Statement<Parameters, Row = unknown> = BetterSqlite3.Statement<[Parameters], Row>;

/** Every statement of the hot path, compiled and prepared once for a connection. */
export function prepareStatements(sqlite: BetterSqlite3.Database): Statements {
  function prepare<Parameters, Row = unknown>(query: Compilable): Statement<Parameters, Row> {
    return sqlite.prepare<[Parameters], Row>(sqlOf(query));
  }
  return {
    insertRun: prepare(insertRun),
    selectRun: prepare(selectRun),
    updateRun: prepare(updateRun),
    insertRecipe: prepare(insertRecipe),
    insertImage: prepare(insertImage),
    insertGroup: prepare(insertGroup),
    insertPrediction: prepare(insertPrediction),
    selectPrediction: prepare(selectPrediction),
    replacePrediction: prepare(replacePrediction),
    selectGroupDecision: prepare(selectGroupDecision),
    selectLostDecision: prepare(selectLostDecision),
    replaceGroupDecision: prepare(replaceGroupDecision),
    countPredictions: prepare(countPredictions),
    countGroupDecisions: prepare(countGroupDecisions),
    selectMembers: prepare(selectMembers),
    upsertAiDecision: prepare(upsertAiDecision),
    selectFailures: prepare(selectFailures),
  };
}
