# The same Python with a compiler and this machine's pip settings: only the build stages use it.
FROM fosterframe-base/build:packages
ENV LANG=C.UTF-8
CMD ["python3"]
