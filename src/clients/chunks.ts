/** The chunks of a byte stream, whose own type does not say that they are any. */
export async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('The stream gives something else than bytes.');
    yield chunk;
  }
}

/**
 * Frees a chunk that nobody needs any more: the garbage collector lets tens of megabytes of a fast stream come together
 * before it looks. A chunk that shares its memory with others is left to it.
 */
export function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
