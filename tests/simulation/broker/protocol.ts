/** What a client says: https://docs.nats.io/reference/reference-protocols/nats-protocol */
export type Command =
  | { readonly kind: 'connect' | 'ping' | 'pong' }
  | {
      readonly kind: 'subscribe';
      readonly subject: string;
      readonly queue: string | undefined;
      readonly id: string;
    }
  | { readonly kind: 'unsubscribe'; readonly id: string; readonly after: number | undefined }
  | ({ readonly kind: 'publish' } & Publication);

export interface Publication {
  readonly subject: string;
  readonly reply: string | undefined;
  /** As they travel; undefined where there are none. */
  readonly header: Buffer | undefined;
  readonly data: Buffer;
}

const END = '\r\n';

/** Cuts what a client sends into commands, however it is cut into pieces. */
export class CommandReader {
  #rest: Buffer = Buffer.alloc(0);

  take(bytes: Uint8Array): Command[] {
    const all = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const commands: Command[] = [];
    let start = 0;
    for (;;) {
      this.#rest = all.subarray(start);
      const end = all.indexOf(END, start);
      if (end === -1) return commands;
      const [verb = '', ...parts] = all.toString('utf8', start, end).split(' ');
      const bodyAt = end + END.length;
      const bodyBytes = verb === 'PUB' || verb === 'HPUB' ? Number(parts.at(-1)) + END.length : 0;
      if (all.length < bodyAt + bodyBytes) return commands;
      const body = all.subarray(bodyAt, bodyAt + bodyBytes - END.length);
      start = bodyAt + bodyBytes;
      const command = toCommand(verb, parts, body);
      if (command !== undefined) commands.push(command);
    }
  }
}

function toCommand(verb: string, parts: readonly string[], body: Buffer): Command | undefined {
  const [first = '', second, third] = parts;
  switch (verb) {
    case 'CONNECT':
      return { kind: 'connect' };
    case 'PING':
      return { kind: 'ping' };
    case 'PONG':
      return { kind: 'pong' };
    case 'SUB':
      return third === undefined
        ? { kind: 'subscribe', subject: first, queue: undefined, id: second ?? '' }
        : { kind: 'subscribe', subject: first, queue: second, id: third };
    case 'UNSUB':
      return {
        kind: 'unsubscribe',
        id: first,
        after: second === undefined ? undefined : Number(second),
      };
    case 'PUB': {
      const reply = parts.length > 2 ? second : undefined;
      return { kind: 'publish', subject: first, reply, header: undefined, data: body };
    }
    case 'HPUB': {
      const reply = parts.length > 3 ? second : undefined;
      const headerBytes = Number(parts.at(-2));
      const [header, data] = [body.subarray(0, headerBytes), body.subarray(headerBytes)];
      return { kind: 'publish', subject: first, reply, header, data };
    }
    default:
      return undefined;
  }
}

/** A message as a client gets it. */
export function formatMessage(
  { subject, reply, header, data }: Publication,
  subscription: string,
): Buffer {
  const replyPart = reply === undefined ? '' : `${reply} `;
  const line =
    header === undefined
      ? `MSG ${subject} ${subscription} ${replyPart}${data.length}`
      : `HMSG ${subject} ${subscription} ${replyPart}${header.length} ${header.length + data.length}`;
  const pieces = [Buffer.from(line + END), ...(header === undefined ? [] : [header]), data];
  return Buffer.concat([...pieces, Buffer.from(END)]);
}
