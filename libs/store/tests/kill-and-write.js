// Applies results in small batches and says so after each commit, until it is killed.
import { openProjectDatabase } from '../dist/index.js';
import { predictedImages } from '../dist/testing/image-results.js';

const [dataDir, groups] = process.argv.slice(2);
const database = await openProjectDatabase({ dataDir, project: 'dalia' });
const events = predictedImages({ groupSizes: Array.from({ length: Number(groups) }, () => 3) });
for (let from = 0; from < events.length; from += 20) {
  database.apply(events.slice(from, from + 20), new Date('2026-01-31T12:00:00Z'));
  process.stdout.write(`${from + 20}\n`);
}
database.close();
