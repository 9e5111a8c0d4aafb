/** The chunks of a byte stream, whose own type does not say that they are any. */
export async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('The stream gives something else than bytes.');
    yield chunk;
  }
}
