import { invalidOption } from '../../policy/fill.ts';

const IMAGE = /^data:image\/[\w.+-]+(?:;[\w.=+-]+)*,[\w%!$&'()*+,\-./:;=?@~]*$/i;

/**
 * A logo as the URL of an image that needs no network. An SVG is shown as an image, too: in the page itself its scripts, links and styles
 * would have to be taken out.
 *
 * @throws SwitchoverError `INVALID_OPTION` for anything that is neither an SVG nor an image in a `data:` URL.
 */
export function logoUrl(logo: unknown): string {
  const text = typeof logo === 'string' ? logo.trim() : '';
  if (IMAGE.test(text)) return text;
  const svg = text.replace(/^<\?xml[^>]*>\s*/, '');
  if (!/^<svg[\s>][\s\S]*<\/svg>$/.test(svg)) {
    throw invalidOption(
      'logo is no image that the page could hold',
      'Give an <svg> as text, or a data: URL: the page loads nothing.',
    );
  }
  // As an image of its own, an SVG has to name its namespace.
  const named = /^<svg[^>]*\sxmlns=/.test(svg) ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return `data:image/svg+xml,${encodeURIComponent(named)
    .replace(/%(20|2F|3A|3D)/g, (code) => decodeURIComponent(code))
    .replaceAll(' ', '%20')}`;
}
