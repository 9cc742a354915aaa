# Python as Debian has it: what the services run on.
FROM fosterframe-base/python:packages
ENV LANG=C.UTF-8
CMD ["python3"]
