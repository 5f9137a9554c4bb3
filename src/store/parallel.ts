/** Works through the list, so many at once; the answers are in the order of the list. The first error ends it. */
export async function inParallel<In, Out>(
  atOnce: number,
  list: readonly In[],
  work: (one: In) => Promise<Out>,
): Promise<Out[]> {
  const answers: Out[] = [];
  const rest = list.entries();
  async function take(): Promise<void> {
    for (const [index, one] of rest) answers[index] = await work(one);
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, take));
  return answers;
}
