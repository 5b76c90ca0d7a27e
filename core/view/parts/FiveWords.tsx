/** Words that two people compare, in their order. */
export function FiveWords({ words }: { words: readonly string[] }) {
  return (
    <ol class="five-words" aria-label="Five words, in this order">
      {words.map((word, index) => <li key={index}>{word}</li>)}
    </ol>
  );
}
