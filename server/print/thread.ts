/**
 * The thread that makes PDFs: a long case with photos takes longer than a request may keep the event loop. It gets a description as
 * plain data and gives bytes. Its fonts are unpacked once. It reads no file and no address that a description names.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import pdfmake from 'pdfmake';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.d.ts';
import type { Job, Made, Printed } from './printer.ts';
import { unpackWoff } from './woff.ts';

/** Where the maker of PDFs looks files up before it asks for them. Not in its types. */
interface WithFiles {
  virtualfs: { writeFileSync(name: string, bytes: Buffer): void };
}

const port = parentPort;
if (port === null) throw new Error('to be run as a worker thread');

/** What the maker counts as nodes of a heading itself: its words and its line. */
const linesOfHeading = 2;

pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy(() => false);
const ready = loadFonts();

port.on('message', ({ id, document }: Job) => {
  ready
    .then(() => make(document))
    .then((bytes) => {
      port.postMessage({ id, bytes } satisfies Made);
    })
    .catch((error: unknown) => {
      port.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Made);
    });
});

async function loadFonts(): Promise<void> {
  const files = (pdfmake as unknown as WithFiles).virtualfs;
  for (const weight of [400, 700]) {
    const name = `@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-${weight}-normal.woff`;
    const woff = await readFile(fileURLToPath(import.meta.resolve(name)));
    files.writeFileSync(`noto-${weight}.ttf`, unpackWoff(woff));
  }
  const [normal, bold] = ['noto-400.ttf', 'noto-700.ttf'];
  pdfmake.setFonts({ Noto: { normal, bold, italics: normal, bolditalics: bold } });
}

async function make({ content, title, author, subject, footer, pageNumber }: Printed): Promise<Uint8Array> {
  const definition: TDocumentDefinitions = {
    content,
    info: { title, author, subject },
    pageSize: 'A4',
    pageMargins: [48, 48, 48, 56],
    defaultStyle: { font: 'Noto', fontSize: 9.5, lineHeight: 1.3, color: '#1c2024' },
    pageBreakBefore: (node, nodes) =>
      node.headlineLevel === 1 && nodes.getFollowingNodesOnPage().length <= linesOfHeading,
    footer: (page, pages) => ({
      margin: [48, 14, 48, 0],
      fontSize: 8,
      color: '#60646c',
      columns: [
        { text: footer, width: '*' },
        {
          text: pageNumber.replace('{page}', String(page)).replace('{pages}', String(pages)),
          width: 'auto',
          alignment: 'right',
        },
      ],
    }),
  };
  return new Uint8Array(await pdfmake.createPdf(definition).getBuffer());
}
