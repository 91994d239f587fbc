// Sends one file and says how far it is; fetch cannot tell, XMLHttpRequest can.
import { newKey } from '#lib/api/client.ts';
import { ApiProblem, type ProblemBody } from '#lib/api/problem.ts';
import type { FileInfo } from '#lib/api/types.gen.ts';

export interface Sending {
  answer: Promise<FileInfo>;
  stop: () => void;
}

/** @throws ApiProblem; status 0 when no answer came. `onprogress` gets 0…1. */
export function sendFile(blob: Blob, name: string, onprogress: (done: number) => void): Sending {
  const request = new XMLHttpRequest();
  const answer = new Promise<FileInfo>((resolve, reject) => {
    request.open('POST', '/api/files');
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('x-guanjia', '1');
    request.setRequestHeader('idempotency-key', newKey());
    request.upload.onprogress = ({ loaded, total }) => {
      if (total > 0) onprogress(loaded / total);
    };
    request.onload = () => {
      const body = read(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as FileInfo);
      else reject(new ApiProblem(request.status, body as ProblemBody));
    };
    request.onerror = () => {
      reject(new ApiProblem(0, { code: 'offline' }));
    };
    request.onabort = () => {
      reject(new DOMException('aborted', 'AbortError'));
    };
    const form = new FormData();
    form.append('file', blob, name);
    request.send(form);
  });
  return {
    answer,
    stop: () => {
      request.abort();
    },
  };
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

export function fileUrl(id: string): string {
  return `/api/files/${encodeURIComponent(id)}`;
}
