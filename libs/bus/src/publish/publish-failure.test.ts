import { JetStreamApiError } from '@nats-io/jetstream';
import {
  ClosedConnectionError,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from '@nats-io/nats-core';
import { describe, expect, it } from 'vitest';
import { publishFailure } from './publish-failure.js';

function apiError(code: number) {
  return new JetStreamApiError({ code, err_code: 10077, description: 'no space left on device' });
}

describe('publishFailure', () => {
  it('takes a timeout for passing', () => {
    expect(publishFailure(new TimeoutError())).toBe('passing');
  });

  it('takes a server that is short of something for passing', () => {
    expect(publishFailure(apiError(503))).toBe('passing');
  });

  it('takes what the server refuses for final', () => {
    expect(publishFailure(apiError(400))).toBe('refused');
  });

  it('takes a closed connection for closed', () => {
    expect(publishFailure(new ClosedConnectionError())).toBe('closed');
  });

  it('sees that nobody answered, through the errors around it', () => {
    const request = new RequestError('no', { cause: new NoRespondersError('cull.images.x') });

    expect(publishFailure(request)).toBe('unanswered');
    expect(publishFailure(new Error('jetstream is not enabled', { cause: request }))).toBe(
      'unanswered',
    );
  });
});
