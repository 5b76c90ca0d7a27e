/** The seeds that `EARSHOT_SEEDS` asks for (`1000`, or `17..17`), else as many as given. */
export function* seeds(usual: number): Generator<number> {
  const asked = Deno.env.get("EARSHOT_SEEDS") ?? String(usual);
  const [first, last] = asked.includes("..") ? asked.split("..") : ["1", asked];
  for (let seed = Number(first); seed <= Number(last); seed++) yield seed;
}
