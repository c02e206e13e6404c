/**
 * What `warmfront up --demo` prints below the listeners: where the demo is, and what to type next.
 */

export interface DemoPlace {
  /** The demo distribution's domain name. */
  readonly domainName: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** `<data>/ca.pem`. */
  readonly certificate: string;
}

export function demoBanner(place: DemoPlace): readonly string[] {
  const http = `http://${place.domainName}:${place.httpPort}`;
  const https = `https://${place.domainName}:${place.httpsPort}`;
  return [
    `demo: ${http}/`,
    `  curl -i ${http}/hello.html     # twice: Miss from cloudfront, then Hit from cloudfront`,
    `  curl -i ${http}/time           # cached for 5 seconds: watch Age`,
    `  curl --cacert ${place.certificate} ${https}/api/echo -d hello   # passed through to the origin`,
  ];
}
