// Bytes from an address.

export async function bytes(address: string): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
