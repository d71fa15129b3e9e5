'use strict';
// Reports a file that is too large before it is sent: the server closes such a request without
// reading it, so it cannot render the form again with the input.
{
    document.addEventListener('change', event => {
        const input = event.target;
        const limit = Number(input.dataset.maxBytes);
        if (!limit) {
            return;
        }
        const row = input.closest('.form-row');
        row.querySelector('.file-too-large')?.remove();
        const [file] = input.files;
        if (file && file.size > limit) {
            const list = document.createElement('ul');
            list.className = 'errorlist file-too-large';
            const item = document.createElement('li');
            const megabytes = bytes => (bytes / 1048576).toFixed(1);
            item.textContent = `“${file.name}” has ${megabytes(file.size)} MiB; at most ` +
                `${megabytes(limit)} MiB are accepted. Choose a smaller file.`;
            list.append(item);
            row.prepend(list);
            input.value = '';
        }
    });
}
