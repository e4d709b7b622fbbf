import type BetterSqlite3 from 'better-sqlite3';
import { removeSupersededDecisions, upsertAiDecision } from './ai-decision-query.js';
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
import { updateMatches } from './truth/user-columns.js';

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
  readonly removeSupersededDecisions: Statement<{ catalogue: string; timestamp: string }>;
  readonly updateMatches: Statement<{ group_id: string }>;
  readonly selectFailures: Statement<RunKey & { limit: number }, FailureRow>;
}

type Statement<Parameters, Row = unknown> = BetterSqlite3.Statement<[Parameters], Row>;

/** Every statement of the hot path, prepared once for a connection. */
export function prepareStatements(sqlite: BetterSqlite3.Database): Statements {
  function prepare<Parameters, Row = unknown>(query: string): Statement<Parameters, Row> {
    return sqlite.prepare<[Parameters], Row>(query);
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
    removeSupersededDecisions: prepare(removeSupersededDecisions),
    updateMatches: prepare(updateMatches('group_id = @group_id')),
    selectFailures: prepare(selectFailures),
  };
}
