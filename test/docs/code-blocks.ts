import ts from 'typescript';

export interface CodeBlock {
  /** The heading it stands under, or the export whose docstring it is in; the second one of the same name ends with ` (2)`. */
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

/** Fenced blocks of a Markdown text. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const parts = markdown.matchAll(/^#+ ([^\n]+)$|^```(\w+)\n(.*?)^```$/gms);
  let heading = '';
  const blocks: CodeBlock[] = [];
  for (const [, title, language, code] of parts) {
    if (title !== undefined) heading = title;
    else if (language !== undefined && code !== undefined) blocks.push({ name: heading, language, code });
  }
  return numbered(blocks);
}

/** The `@example` blocks of everything that doors export, members included; `doors` maps names to their files. */
export function exampleBlocks(program: ts.Program, doors: Readonly<Record<string, string>>): CodeBlock[] {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  const blocks = Object.entries(doors).flatMap(([door, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .filter((symbol) => !seen.has(symbol) && seen.add(symbol))
      .flatMap((symbol) => [symbol, ...(symbol.members?.values() ?? [])])
      .flatMap((symbol) =>
        examplesOf(symbol, checker).map((code) => ({ name: `${door}: ${symbol.name}`, code })),
      );
  });
  return numbered(blocks.map((block) => ({ ...block, language: 'ts' })));
}

function examplesOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter((tag) => tag.name === 'example')
    .map((tag) => ts.displayPartsToString(tag.text).replace(/^```ts\n|\n```$/g, ''));
}

function numbered(blocks: readonly CodeBlock[]): CodeBlock[] {
  const counts = new Map<string, number>();
  return blocks.map((block) => {
    const key = `${block.language} ${block.name}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count === 1 ? block : { ...block, name: `${block.name} (${count})` };
  });
}
