document.querySelector('h1').append(', built by Vite');
