/** Writes the few opcodes (protocol 2) that a state dict takes. */
export class PickleWriter {
  readonly #parts: Buffer[] = [Buffer.of(0x80, 2)];

  /** Opcodes by their characters, as Python's pickletools names them: `}` an empty dict, `(` a mark. */
  op(characters: string): this {
    this.#parts.push(Buffer.from(characters, 'latin1'));
    return this;
  }

  text(value: string): this {
    const bytes = Buffer.from(value, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.#parts.push(Buffer.from('X'), length, bytes);
    return this;
  }

  int(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    this.#parts.push(Buffer.from('J'), bytes);
    return this;
  }

  tuple(values: readonly number[]): this {
    this.op('(');
    for (const value of values) this.int(value);
    return this.op('t');
  }

  global(module: string, name: string): this {
    return this.op(`c${module}\n${name}\n`);
  }

  finish(): Buffer {
    return Buffer.concat([...this.#parts, Buffer.from('.')]);
  }
}
