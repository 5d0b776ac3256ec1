// Runs in the page. Texts whose contrast with what is behind them is below 4.5 to 1, the least WCAG 2.2 (1.4.3) takes.
(() => {
  const colour = (text) => {
    const [red, green, blue, opacity = 1] = text.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], opacity };
  };

  const luminance = ({ channels }) => {
    const [red, green, blue] = channels.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const behind = (element) => {
    const own = colour(getComputedStyle(element).backgroundColor);
    return own.opacity === 1 ? own : behind(element.parentElement);
  };

  const ratio = (element) => {
    const both = [luminance(colour(getComputedStyle(element).color)), luminance(behind(element))];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  };

  const hasText = (element) =>
    element instanceof HTMLInputElement ||
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');

  return [...document.body.querySelectorAll('*')]
    .filter((element) => hasText(element) && ratio(element) < 4.5)
    .map((element) => `${element.tagName} ${element.textContent.trim()}: ${ratio(element).toFixed(2)}`);
})();
