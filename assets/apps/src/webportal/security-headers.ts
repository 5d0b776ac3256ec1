/**
 * What a browser may do with our pages. Nothing inline, nothing from elsewhere but the pictures; `blob:` is the picture
 * that was chosen and not sent yet. Strict-Transport-Security is left to what ends TLS before us.
 *
 * @param imagesOrigin such as `https://images.shop.localhost`
 */
export const securityHeaders = (imagesOrigin: string): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: ${imagesOrigin}`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not no-referrer: that makes browsers send `Origin: null` with our own forms.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});
