/**
 * The pages and assets of the demo origin, by path. What else it answers: demo-origin.ts.
 */

export interface Page {
  readonly type: string;
  readonly text: string;
}

const STYLE = `body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem; color: #222 }
code { background: #f3efe6; padding: .1rem .3rem; border-radius: .2rem }
a { color: #a33b12 }
img { width: 4rem }
`;

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Warmfront">
  <path d="M4 44 A28 28 0 0 1 60 44" fill="none" stroke="#a33b12" stroke-width="4"/>
  <g fill="#a33b12"><circle cx="14" cy="24" r="6"/><circle cx="32" cy="15" r="6"/><circle cx="50" cy="24" r="6"/></g>
</svg>
`;

function html(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<img src="/logo.svg" alt="">
<h1>${title}</h1>
${body}
</html>
`;
}

const HOME = html(
  'Warmfront demo',
  `<p>This page came through a CDN on your own machine. Look at its <code>X-Cache</code> and <code>Age</code> headers.</p>
<ul>
  <li><a href="/hello.html">/hello.html</a>: cached for a minute</li>
  <li><a href="/time">/time</a>: cached for five seconds</li>
  <li><a href="/slow">/slow</a>: takes the origin a second, the cache nothing; ten viewers at once cost one request</li>
  <li><a href="/api/echo?q=1">/api/echo</a>: what the origin sees; never cached, any method</li>
  <li><a href="/status/404">/status/404</a>: an error, cached for ten seconds</li>
</ul>`,
);

const HELLO = html('Hello', '<p>Hello from the demo origin. <a href="/">Back</a></p>');

export const PAGES: Readonly<Record<string, Page | undefined>> = {
  '/': { type: 'text/html; charset=utf-8', text: HOME },
  '/index.html': { type: 'text/html; charset=utf-8', text: HOME },
  '/hello.html': { type: 'text/html; charset=utf-8', text: HELLO },
  '/style.css': { type: 'text/css; charset=utf-8', text: STYLE },
  '/logo.svg': { type: 'image/svg+xml', text: LOGO },
};
