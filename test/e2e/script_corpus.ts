/**
 * What strangers put into a text so that a browser takes it for more than text: {@linkcode CORPUS}. What
 * comes alive sets `owned` or asks for something at {@linkcode NOWHERE}.
 */

/** An address that nothing answers, on this machine: no test talks to another. */
export const NOWHERE = "http://127.0.0.1:1/owned";

const RUN = "globalThis.owned=1";

/** Vectors of the kinds that the OWASP and the PortSwigger cheat sheets and DOMPurify's tests list. */
const VECTORS: readonly string[] = [
  // Elements that run or load by themselves.
  `<script>${RUN}</script>`,
  `<ScRiPt >${RUN}</sCrIpT>`,
  `<script src=${NOWHERE}></script>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<script/x>${RUN}</script/x>`,
  `<img src=x onerror=${RUN}>`,
  `<img src="${NOWHERE}">`,
  `<IMG """><SCRIPT>${RUN}</SCRIPT>">`,
  `<img/src=x/onerror=${RUN}>`,
  `<img src=x onerror=&#103;lobalThis.owned=1>`,
  `<image href=x onerror=${RUN}>`,
  `<svg onload=${RUN}>`,
  `<svg/onload=${RUN}//`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><a xlink:href="javascript:${RUN}"><text y=20>x</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload='${RUN}'/>#x"/></svg>`,
  `<svg><foreignObject><iframe srcdoc="<script>${RUN}</script>"></foreignObject></svg>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<iframe srcdoc="&lt;script&gt;parent.owned=1&lt;/script&gt;"></iframe>`,
  `<iframe src=${NOWHERE}></iframe>`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="${NOWHERE}">`,
  `<video src=x onerror=${RUN}></video>`,
  `<video><source onerror=${RUN}></video>`,
  `<audio src=x onerror=${RUN}>`,
  `<body onload=${RUN}>`,
  `<details open ontoggle=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<select autofocus onfocus=${RUN}>`,
  `<marquee onstart=${RUN}>`,
  `<style>@import "${NOWHERE}";</style>`,
  `<style>*{background:url(${NOWHERE})}</style>`,
  `<link rel=stylesheet href=${NOWHERE}>`,
  `<meta http-equiv=refresh content="0;url=${NOWHERE}">`,
  `<base href="${NOWHERE}/">`,
  `<form action=${NOWHERE}><button>go`,
  `<math><mtext><script>${RUN}</script></mtext></math>`,
  `<template><script>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  // What a second parse makes alive (mutation).
  `<math><mtext><table><mglyph><style><!--</style><img title="--><img src=1 onerror=${RUN}>">`,
  `<svg></p><style><a id="</style><img src=1 onerror=${RUN}>">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}>`,
  `<listing>&lt;img src=x onerror=${RUN}&gt;</listing>`,
  `<noembed><img title="</noembed><img src onerror=${RUN}>"></noembed>`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<![CDATA[><img src=x onerror=${RUN}>]]>`,
  // Ways out of where a text stands.
  `"><img src=x onerror=${RUN}>`,
  `'><img src=x onerror=${RUN}>`,
  `" autofocus onfocus="${RUN}`,
  `' onmouseover='${RUN}`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style></script><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `";${RUN};//`,
  `\${${RUN}}`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\u2028${RUN}//`,
  // Letters that become others.
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#x3c;img src=x onerror=${RUN}&#x3e;`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `\uff1cscript\uff1e${RUN}\uff1c/script\uff1e`,
  `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`,
  `<\u0000script>${RUN}</script>`,
  `<scr\u0000ipt>${RUN}</script>`,
];

/** Addresses that must not become links, or that must lead where they say. */
const ADDRESSES: readonly string[] = [
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  `java\tscript:${RUN}`,
  `java\nscript:${RUN}`,
  `\u0001javascript:${RUN}`,
  `java&#115;cript:${RUN}`,
  `javascript&colon;${RUN}`,
  `javascript://127.0.0.1/%0a${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `data:text/html;base64,PHNjcmlwdD5vd25lZD0xPC9zY3JpcHQ+`,
  `vbscript:${RUN}`,
  `blob:http://127.0.0.1/${RUN}`,
  `file:///etc/passwd`,
  `view-source:javascript:${RUN}`,
  `http://127.0.0.1:1/"onmouseover="${RUN}`,
  `http://127.0.0.1:1/<script>${RUN}</script>`,
  `http://127.0.0.1:1/'><img src=x onerror=${RUN}>`,
  `https://javascript:${RUN}@127.0.0.1:1/`,
  `mailto:a@b.c?body=<script>${RUN}</script>`,
];

/** What disturbs how a text looks, and that of others. No lone surrogates: UTF-8 has none to bring. */
const LOOKS: readonly string[] = [
  "\u202egnp.exe",
  "\u2066\u2067\u202d\u202e never ended",
  "a" + "\u0301".repeat(60),
  "\u0e47".repeat(60),
  "\ufdfd".repeat(30),
  "\u{1f468}\u200d\u{1f469}\u200d".repeat(30),
  "W".repeat(64),
  "\u3164\u200b\u200d\ufeff",
  "\u0007\u001b]0;owned\u0007\u001b[2J",
];

const TIMES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `[${text}](${text})`,
  (text) => `**\`${text}\`**`,
];

/** Each vector as it is, as a link of Markdown, and within marks: some three hundred. */
export const CORPUS: readonly string[] = [
  ...new Set(
    [...VECTORS, ...ADDRESSES.flatMap((address) => [address, `see ${address} there`]), ...LOOKS]
      .flatMap((text) => TIMES.map((time) => time(text))),
  ),
];
