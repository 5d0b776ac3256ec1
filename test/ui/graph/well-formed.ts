/** The names of the elements of an XML text in order; throws where it is not well-formed. */
export function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const between = xml.replaceAll(
    /<(\/?)([A-Za-z][-A-Za-z0-9]*)((?:\s+[-\w:]+="[^"<]*")*)\s*(\/?)>/g,
    (_, closing, name, __, alone) => {
      if (closing) {
        const expected = open.pop();
        if (expected !== name) throw new Error(`</${String(name)}> closes <${String(expected)}>`);
        return '';
      }
      names.push(String(name));
      if (!alone) open.push(String(name));
      return '';
    },
  );
  if (open.length > 0) throw new Error(`<${open.join('> <')}> is not closed`);
  const stray = /[<>]|&(?!(amp|lt|gt|quot|#39);)|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.exec(between);
  if (stray) throw new Error(`${JSON.stringify(between.slice(stray.index - 20, stray.index + 20))} is not markup`);
  return names;
}
