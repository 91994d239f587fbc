// Everything is rendered in the browser from the API: one static page serves every address.
export const ssr = false;
export const prerender = false;
