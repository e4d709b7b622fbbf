import { describe, expect, it } from 'vitest';
import type { Summary } from '../summary.js';
import { hasOpenFailures } from '../has-open-failures.js';
import { formatSummary } from './summary-text.js';

const sha256 = 'a'.repeat(64);
const model = { file: 'm.pt', sha256, features: {} };
const letter = {
  id: 'm1',
  project_id: 'dalia',
  zip_file: '',
  image: '',
  stage: 'embedder',
  reason: 'malformed-event',
  message: 'of no known shape',
  attempts: 1,
  last_at: '2026-01-31T09:45:00.000Z',
};
const summary: Summary = {
  batch_id: 'run',
  started_at: '2026-01-31T09:45:00.000Z',
  completed_at: '2026-01-31T09:46:00.000Z',
  total_duration_seconds: 60,
  models: { embedder: model, ranker: model, crop_proposer: model },
  results: { total_projects: 1, processed: 1, skipped: 0, failed: 0 },
  images: { total: 10, embedded: 7, cached: 0, failed: 3, ungrouped: 0 },
  groups: { total: 4, decided: 3, failed: 1 },
  projects: [],
  dead_letters: [letter],
  output_directory: 'out',
  log_file: 'log',
};
const project: Summary['projects'][number] = {
  project_id: 'dalia',
  zip_file: 'dalia.zip',
  status: 'success',
  image_count: 1,
  groups: 0,
  decided_groups: 0,
  failed_groups: 0,
  embedded_images: 1,
  cached_images: 0,
  failed_images: 0,
  ungrouped_images: 1,
  inverted_crops: 0,
  duration_seconds: 1,
  database: null,
  failures: [],
  warnings: [],
  message: null,
};
const accepted = (images: number, groups: number, deadLetters: number): Summary => ({
  ...summary,
  accepted: { images, groups, dead_letters: deadLetters },
});

describe('a summary has open failures', () => {
  it.each([
    ['nothing is accepted', summary, true],
    ['all is accepted', accepted(3, 1, 1), false],
    ['one image is not', accepted(2, 1, 1), true],
    ['a group is not', accepted(3, 0, 1), true],
    ['a message is not', accepted(3, 1, 0), true],
  ])('where %s', (_what, given, isOpen) => {
    expect(hasOpenFailures(given)).toBe(isOpen);
  });

  it('counts projects that failed, whatever was accepted', () => {
    const results = { ...summary.results, failed: 1 };
    expect(hasOpenFailures({ ...accepted(3, 1, 1), results })).toBe(true);
  });
});

describe('a summary as text', () => {
  it.each([
    [60, 60, 0.17, '; 1 min 0 s, 0.2 images/s'],
    [60, 60.2, 0.17, '; 1 min 0 s, 0.2 images/s'],
    [11.4, 5.35, 11.4, '; 11.4 s, 11.4 images/s in the 5.4 s of work'],
    [7_200, 3_600, 2.2, '; 2 h 0 min, 2.2 images/s in the 1 h 0 min of work'],
    [60, undefined, 0.2, '; 1 min 0 s, 0.2 images/s'],
    [60, 30, null, '; 1 min 0 s'],
  ])('of %s s, %s of them at work, says what the rate is of', (total, worked, rate, said) => {
    const given: Summary = {
      ...summary,
      total_duration_seconds: total,
      ...(worked !== undefined && { working_seconds: worked }),
      images_per_second: rate,
    };
    const text = formatSummary(given, { columns: Infinity });
    expect(text.split('\n').find((line) => line.startsWith('10 images: '))).toMatch(
      new RegExp(`${said}$`),
    );
  });

  it('says that all that failed was accepted', () => {
    expect(formatSummary(accepted(3, 1, 1), { columns: Infinity })).toContain(
      '3 failed, all accepted; 1 message given up, all accepted:',
    );
  });

  it('says how much of it was', () => {
    expect(formatSummary(accepted(2, 1, 0), { columns: Infinity })).toContain(
      '3 failed, 2 of them accepted:',
    );
  });

  it('says nothing of it where nobody accepted anything', () => {
    expect(formatSummary(summary, { columns: Infinity })).not.toContain('accepted');
  });

  it('shows a hundred of very many projects, those that failed first, and counts the others', () => {
    const failure = { image: 'a.png', reason: 'empty-file', message: 'empty' } as const;
    const projects = Array.from({ length: 20_000 }, (_unused, index) => ({
      ...project,
      project_id: `project ${index}`,
      ...(index === 15_000
        ? { status: 'partial' as const, failed_images: 200, failures: [failure, failure] }
        : { status: 'skipped' as const, message: 'complete already' }),
    }));
    const images = { ...summary.images, failed: 200 };
    const text = formatSummary({ ...summary, images, projects }, { columns: Infinity });
    expect(text.split('\n').length).toBeLessThan(120);
    expect(text).toContain('project 15000 │ partial');
    expect(text).toContain('and 19,900 more projects; the report and ‹json› list all');
    expect(text).toContain('19,999 projects: complete already');
    expect(text).toContain('and 198 more failed images; `cullstream dead list` lists them');
  });
});
