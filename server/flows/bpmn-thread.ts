/** The thread that reads and writes BPMN files. */
import { parentPort } from 'node:worker_threads';
import { exportBpmn } from '../../workflows/bpmn/export/export.ts';
import { importBpmn } from '../../workflows/bpmn/import.ts';
import type { ImportRefusal } from '../../workflows/bpmn/refusal.ts';
import type { Done, Job, ReadResult } from './bpmn-exchange.ts';
import { whyNotKept } from './keepable.ts';

const port = parentPort;
if (port === null) throw new Error('to be run as a worker thread');
port.on('message', (job: Job) => {
  // What it throws ends the thread, and whoever waits is told.
  void work(job).then((done) => {
    port.postMessage(done);
  });
});

async function work(job: Job): Promise<Done> {
  if (job.does === 'read') return { does: 'read', result: await read(job.xml) };
  return { does: 'write', xml: await exportBpmn(job.flow, { language: job.language }) };
}

async function read(xml: string): Promise<ReadResult> {
  const result = await importBpmn(xml);
  if (!result.ok) return result;
  const refusals = result.flows.flatMap(({ process, flow }): ImportRefusal[] => {
    const reason = whyNotKept(flow);
    return reason === null ? [] : [{ code: 'xml_invalid', element: process, line: null, reason }];
  });
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, flows: result.flows.map(({ process, flow }) => ({ process, flow })) };
}
