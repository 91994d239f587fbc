/**
 * Reads files of cases: processes with what a walk through them must come to. `# title` begins a case; then elements as XML, where a line such
 * as `s -> a -> b` stands for sequence flows; then acts, each with what waits after it: `complete a => b c`, or `=> ended`, or `=> refused`.
 * `## called ID` begins a further process of the case; what stands before the first `#` is for the reader.
 */

export interface Walk {
  act: string;
  expected: string[] | 'ended' | 'refused';
}
export interface WalkCase {
  title: string;
  /** One file of BPMN with all its processes. */
  xml: string;
  walk: Walk[];
}

export function readCases(text: string): WalkCase[] {
  return text.split(/^# /m).slice(1).map(readCase);
}

function readCase(text: string): WalkCase {
  const [title = '', ...lines] = text.split('\n');
  const processes: { id: string; lines: string[] }[] = [{ id: 'main', lines: [] }];
  const roots: string[] = [];
  const walk: Walk[] = [];
  for (const line of lines) {
    const [, called] = /^## called (\S+)/.exec(line) ?? [];
    const [, act, expected] = /^(\w[^<>]*?)\s*=>\s*(.*)$/.exec(line) ?? [];
    if (called !== undefined) processes.push({ id: called, lines: [] });
    else if (act !== undefined && expected !== undefined) walk.push({ act, expected: readExpected(expected.trim()) });
    else if (/^\s*<(message|signal|error|escalation)\s/.test(line)) roots.push(line);
    else processes.at(-1)?.lines.push(flowsOf(line));
  }
  const bodies = processes.map(
    ({ id, lines: body }) => `<process id="${id}" isExecutable="true">\n${body.join('\n')}\n</process>`,
  );
  return { title: title.trim(), xml: wrap([...roots, ...bodies].join('\n')), walk };
}

function readExpected(text: string): Walk['expected'] {
  if (text === 'ended' || text === 'refused') return text;
  return text.split(/\s+/).toSorted();
}

/** `a -> b [x > 1] -> c`: flows, with the condition of the one that leads away in brackets. */
function flowsOf(line: string): string {
  if (!/^\s*[\w-]+\s.*->/.test(line)) return line;
  const stops = line.split('->').map((stop) => /^\s*([\w-]+)\s*(?:\[(.*)\])?\s*$/.exec(stop) ?? []);
  return stops
    .slice(0, -1)
    .map(([, source = '', condition], index) => {
      const target = stops[index + 1]?.[1] ?? '';
      const inner =
        condition === undefined ? '' : `<conditionExpression><![CDATA[\${${condition}}]]></conditionExpression>`;
      return `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}">${inner}</sequenceFlow>`;
    })
    .join('\n');
}

function wrap(inner: string): string {
  const model = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"';
  return `<definitions ${model} xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="cases">\n${inner}\n</definitions>`;
}
