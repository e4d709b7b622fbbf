import { fileURLToPath } from 'node:url';

/** The sample of a user's database: strict schema, user decisions, never to be written. */
export const sampleDatabase = fileURLToPath(
  new URL(
    '../../../../fixtures/samples/data/training/ai_training_decisions/Kiara_Slender.db',
    import.meta.url,
  ),
);
