// Only adds to pages that work without it: moves to problems, shows a picture before it is sent, shows how far it is.

const element = (name, properties = {}, children = []) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

function focusProblems() {
  document.querySelector('.summary')?.focus();
}

/** What the server would refuse anyway, said before the file travels. */
function problemWith(file, maximum) {
  if (file.type !== 'image/png') return 'This file is not a PNG picture';
  if (file.size > maximum) return 'This file is too large';
  return undefined;
}

function showProblem(input, text) {
  document.getElementById('picture-problem')?.remove();
  const described = ['picture-hint'];
  if (text === undefined) {
    input.removeAttribute('aria-invalid');
  } else {
    input.before(element('p', { id: 'picture-problem', className: 'problem', role: 'alert', textContent: text }));
    input.setAttribute('aria-invalid', 'true');
    described.push('picture-problem');
  }
  input.setAttribute('aria-describedby', described.join(' '));
}

function addPreview(form, input) {
  const picture = element('img', { className: 'portrait', alt: 'The chosen picture', width: 144, height: 144 });
  const caption = element('figcaption', { textContent: 'Not uploaded yet' });
  const preview = element('figure', { className: 'preview', hidden: true }, [picture, caption]);
  input.closest('.field').after(preview);

  input.addEventListener('change', () => {
    URL.revokeObjectURL(picture.src);
    const file = input.files[0];
    const problem = file && problemWith(file, Number(input.dataset.maximum));
    showProblem(input, problem);
    preview.hidden = !file || problem !== undefined;
    if (!preview.hidden) picture.src = URL.createObjectURL(file);
  });
}

/** Shows the answer of the server as if the form had been sent the plain way, but without losing the place on the page. */
function showAnswer(request) {
  const answer = request.response;
  const address = new URL(request.responseURL, location.href);
  if (request.status < 400 || !answer?.querySelector('main')) {
    location.assign(address);
    return;
  }
  document.title = answer.title;
  document.querySelector('main').replaceWith(document.adoptNode(answer.querySelector('main')));
  start();
}

function addProgress(form, input) {
  const button = form.querySelector('button');
  const bar = element('progress', { max: 1, value: 0, hidden: true, ariaLabel: 'Upload' });
  const status = element('p', { className: 'hint', role: 'status' });
  form.append(bar, status);

  const end = (text) => {
    bar.hidden = true;
    button.removeAttribute('aria-disabled');
    status.textContent = text;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    if (input.files.length > 0 && input.getAttribute('aria-invalid') === 'true') {
      input.focus();
      return;
    }
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.responseType = 'document';
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.value = total > 0 ? loaded / total : 0;
    });
    request.addEventListener('load', () => {
      end('');
      showAnswer(request);
    });
    request.addEventListener('error', () => {
      end('The upload did not arrive. Check the connection and try again.');
    });
    bar.hidden = false;
    button.setAttribute('aria-disabled', 'true');
    status.textContent = 'Uploading';
    request.send(new FormData(form));
  });
}

function start() {
  focusProblems();
  const form = document.querySelector('form[data-upload]');
  const input = form?.querySelector('input[type="file"]');
  if (!form || !input) return;
  addPreview(form, input);
  addProgress(form, input);
}

start();
